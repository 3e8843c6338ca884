# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python values to GVariants and back: by signature if there is one, guessed if there is none."""

import math
import os

from gi.repository import Gio, GLib

# Whether there is a sign, and how many bits.
INTEGERS = {
    "y": (False, 8),
    "n": (True, 16),
    "q": (False, 16),
    "i": (True, 32),
    "u": (False, 32),
    "x": (True, 64),
    "t": (False, 64),
}


class Descriptors:
    """The file descriptors that travel with one message; handles in it are indexes into them."""

    def __init__(self, fds=None, takes_numbers=False):
        self.fds = fds
        self.takes_numbers = takes_numbers

    def add(self, file):
        """Takes a duplicate; of a bare number also the descriptor itself, if told so."""
        if self.fds is None:
            self.fds = Gio.UnixFDList.new()
        if not isinstance(file, int):
            return self.fds.append(file.fileno())
        index = self.fds.append(file)
        if self.takes_numbers:
            os.close(file)
        return index

    def get(self, index):
        """Gives a duplicate, which the receiver has to close."""
        return index if self.fds is None else self.fds.get(index)


def split(signature):
    """The signatures of a tuple's elements."""
    # Not with GLib.VariantType.next(): it looks behind the item, and PyGObject copies items.
    signatures = [""]
    depth = 0
    for character in signature[1:-1]:
        signatures[-1] += character
        depth += (character in "({") - (character in ")}")
        if depth == 0 and character != "a":
            signatures.append("")
    return signatures[:-1]


def refuse(value, signature, where):
    return TypeError(f"{where}: {value!r} is not of type “{signature}”")


def pack_number(signature, value, where):
    if signature == "d":
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return GLib.Variant.new_double(value)
        raise refuse(value, signature, where)
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse(value, signature, where)
    is_signed, bits = INTEGERS[signature]
    low, high = (-1 << bits - 1, (1 << bits - 1) - 1) if is_signed else (0, (1 << bits) - 1)
    if not low <= value <= high:
        raise ValueError(f"{where}: {value} is out of range, allowed is {low} to {high}")
    return GLib.Variant(signature, value)


def pack_text(signature, value, where):
    if hasattr(value, "get_path") and signature in "so":
        value = value.get_path()
    if not isinstance(value, str):
        raise refuse(value, signature, where)
    is_valid = {"o": GLib.Variant.is_object_path, "g": GLib.Variant.is_signature}.get(signature)
    if is_valid is not None and not is_valid(value):
        raise ValueError(f"{where}: “{value}” is not valid for type “{signature}”")
    return GLib.Variant(signature, value)


def pack_dict(signature, value, where, descriptors):
    if not isinstance(value, dict):
        raise refuse(value, signature, where)
    builder = GLib.VariantBuilder.new(GLib.VariantType.new(signature))
    key_type, value_type = signature[2], signature[3:-1]
    for key, item in value.items():
        packed = pack(value_type, item, f"{where}[{key!r}]", descriptors)
        builder.add_value(GLib.Variant.new_dict_entry(pack(key_type, key, where), packed))
    return builder.end()


def pack_items(signature, value, where, descriptors):
    if isinstance(value, (str, dict)) or not hasattr(value, "__iter__"):
        raise refuse(value, signature, where)
    items = list(value)
    if signature[0] == "a":
        kinds = [signature[1:]] * len(items)
    else:
        kinds = split(signature)
        if len(kinds) != len(items):
            raise TypeError(f"{where}: {len(items)} values where “{signature}” wants {len(kinds)}")
    packed = [
        pack(kind, item, f"{where}[{i}]", descriptors)
        for i, (kind, item) in enumerate(zip(kinds, items))
    ]
    if signature[0] == "a":
        return GLib.Variant.new_array(GLib.VariantType.new(signature[1:]), packed)
    return GLib.Variant.new_tuple(*packed)


def pack(signature, value, where="value", descriptors=None):
    """A GVariant of that type, or TypeError or ValueError that begins with where it is."""
    if signature == "v":
        return GLib.Variant.new_variant(guess(value, where, descriptors))
    if isinstance(value, GLib.Variant):
        if value.get_type_string() == signature:
            return value
        raise refuse(value, signature, where)
    if signature in INTEGERS or signature == "d":
        return pack_number(signature, value, where)
    if signature in ("s", "o", "g"):
        return pack_text(signature, value, where)
    if signature == "b":
        if not isinstance(value, bool):
            raise refuse(value, signature, where)
        return GLib.Variant.new_boolean(value)
    if signature == "h":
        return pack_handle(value, where, descriptors)
    if signature == "ay" and isinstance(value, (bytes, bytearray, memoryview)):
        data = GLib.Bytes.new(bytes(value))
        return GLib.Variant.new_from_bytes(GLib.VariantType.new("ay"), data, True)
    if signature.startswith("a{"):
        return pack_dict(signature, value, where, descriptors)
    return pack_items(signature, value, where, descriptors)


def pack_handle(value, where, descriptors):
    if descriptors is None:
        raise TypeError(f"{where}: file descriptors cannot travel here")
    if not isinstance(value, int) and not hasattr(value, "fileno"):
        raise refuse(value, "h", where)
    return GLib.Variant.new_handle(descriptors.add(value))


def guess_items(value, where, descriptors):
    items = [guess(item, f"{where}[{i}]", descriptors) for i, item in enumerate(value)]
    if isinstance(value, tuple):
        return GLib.Variant.new_tuple(*items)
    kinds = {item.get_type_string() for item in items}
    if len(kinds) == 1:
        return GLib.Variant.new_array(None, items)
    boxes = [GLib.Variant.new_variant(item) for item in items]
    return GLib.Variant.new_array(GLib.VariantType.new("v"), boxes)


def guess(value, where="value", descriptors=None):
    """A GVariant of the type that fits the value best."""
    if isinstance(value, GLib.Variant):
        return value
    if isinstance(value, bool):
        return GLib.Variant.new_boolean(value)
    if isinstance(value, int):
        return pack_number("x" if value < 1 << 63 else "t", value, where)
    if isinstance(value, float):
        return GLib.Variant.new_double(value)
    if isinstance(value, str):
        return GLib.Variant.new_string(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return pack("ay", value, where)
    if isinstance(value, dict):
        return pack_dict("a{sv}", value, where, descriptors)
    if isinstance(value, (list, tuple)):
        return guess_items(value, where, descriptors)
    if hasattr(value, "get_path"):
        return pack_text("o", value, where)
    if hasattr(value, "fileno"):
        return pack_handle(value, where, descriptors)
    raise TypeError(f"{where}: there is no D-Bus type for {value!r}")


def pack_arguments(signature, values, where, names, descriptors=None):
    """A tuple of that type; where and names are for errors."""
    kinds = split(signature)
    if len(kinds) != len(values):
        raise TypeError(f"{where}: {len(values)} arguments where “{signature}” wants {len(kinds)}")
    return GLib.Variant.new_tuple(
        *(pack(kind, value, name, descriptors) for kind, value, name in zip(kinds, values, names)))


def guess_arguments(values, descriptors=None):
    """A tuple of what fits best. One GVariant that is a tuple stands for all arguments."""
    if len(values) == 1 and isinstance(values[0], GLib.Variant) and values[0].get_type().is_tuple():
        return values[0]
    return GLib.Variant.new_tuple(
        *(guess(value, f"argument {i}", descriptors) for i, value in enumerate(values, 1)))


def pack_result(signature, value, descriptors):
    """The tuple that a handler's value means: nothing, the one result or all of them."""
    kinds = split(signature)
    if not kinds:
        if value is not None:
            raise TypeError(f"result: {value!r} where nothing is declared")
        return GLib.Variant.new_tuple()
    if len(kinds) == 1:
        return GLib.Variant.new_tuple(pack(kinds[0], value, "result", descriptors))
    return pack(signature, value, "result", descriptors)


def unpack(variant, descriptors=None):
    """The Python value; bytes for “ay”, what is in it for “v”, an open descriptor for “h”."""
    kind = variant.get_type_string()
    if kind == "v":
        return unpack(variant.get_variant(), descriptors)
    if kind == "ay":
        return variant.get_data_as_bytes().get_data() or b""
    if kind == "h" and descriptors is not None:
        return descriptors.get(variant.get_handle())
    if kind[0] not in "a({":
        return variant.unpack()
    items = [variant.get_child_value(i) for i in range(variant.n_children())]
    if kind.startswith("a{"):
        pairs = [(item.get_child_value(0), item.get_child_value(1)) for item in items]
        return {unpack(key): unpack(value, descriptors) for key, value in pairs}
    values = [unpack(item, descriptors) for item in items]
    return values if kind[0] == "a" else tuple(values)


def unpack_result(variant, descriptors=None):
    """None for no result, the value for one, a tuple for several."""
    values = unpack(variant, descriptors)
    return values if len(values) > 1 else values[0] if values else None


def milliseconds(seconds):
    """What C wants for a time-out; None is the default, infinity is for ever."""
    if seconds is None:
        return -1
    if seconds < 0 or math.isnan(seconds):
        raise ValueError(f"timeout: {seconds} is not a time")
    return math.ceil(seconds * 1000) if seconds < GLib.MAXINT / 1000 else GLib.MAXINT
