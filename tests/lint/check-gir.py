#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The GIR is good for bindings: what g-ir-scanner itself does not check.

Since everywhere; classes and properties introspectable; an _async has its _finish; getters and setters exist; at
most one out parameter; containers name their elements; no method hides one of GObject's or is a
keyword of a bound language.
"""
import sys
import xml.etree.ElementTree as ElementTree

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"

VERSIONED = ["class", "interface", "record", "enumeration", "bitfield", "callback", "function",
             "method", "constructor", "property", "constant"]
CALLABLE = ["method", "function", "constructor", "virtual-method"]
CONTAINERS = {"GLib.List", "GLib.SList", "GLib.HashTable", "GLib.PtrArray", "GLib.Array"}
HIDING = {"connect", "disconnect", "emit", "notify", "ref", "unref", "bind_property",
          "get_property", "set_property"}
KEYWORDS = {"async", "await", "base", "class", "construct", "default", "delegate", "delete", "del",
            "dynamic", "elif", "else", "export", "extern", "final", "finally", "for", "foreach",
            "from", "function", "global", "if", "import", "in", "is", "lambda", "lock", "namespace",
            "new", "not", "nonlocal", "null", "out", "override", "owned", "pass", "print",
            "private", "public", "raise", "requires", "return", "signal", "static", "super",
            "switch", "this", "throw", "throws", "try", "typeof", "unlock", "unowned", "using",
            "var", "virtual", "void", "volatile", "weak", "while", "with", "yield"}


def kind(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(CORE)


class Checker:
    def __init__(self, namespace: ElementTree.Element) -> None:
        self.namespace = namespace
        self.problems: list[str] = []

    def run(self) -> list[str]:
        self.visit(self.namespace, "")
        return self.problems

    def visit(self, parent: ElementTree.Element, where: str) -> None:
        for element in parent:
            name = element.get("name", "")
            # The class structures of GObject types are documented with their class.
            if element.get(f"{{http://www.gtk.org/introspection/glib/1.0}}is-gtype-struct-for"):
                continue
            if kind(element) in VERSIONED:
                self.check_version(element, f"{where}{name}", parent)
            if kind(element) in CALLABLE:
                self.check_callable(element, f"{where}{name}", parent)
            if kind(element) == "property":
                self.check_accessors(element, f"{where}{name}", parent)
            if kind(element) in ("class", "interface", "record", "enumeration"):
                self.visit(element, f"{name}.")

    def check_version(self, element, where, parent) -> None:
        if element.get("moved-to") or element.get("shadowed-by"):
            return
        if element.get("version") is None:
            self.problems.append(f"{where}: no Since")
        # What is for C alone says (skip); a class or a property never is.
        if element.get("introspectable") == "0" and kind(element) in ("class", "property"):
            self.problems.append(f"{where}: not introspectable")

    def check_callable(self, element, where, parent) -> None:
        name = element.get("name")
        hides = name in HIDING and kind(parent) in ("class", "interface")
        if hides or (name in KEYWORDS and kind(element) != "constructor"):
            self.problems.append(f"{where}: the name is reserved in a bound language")
        siblings = {sibling.get("name") for sibling in parent}
        stem = name.removesuffix("_async")
        if stem != name and f"{stem}_finish" not in siblings:
            self.problems.append(f"{where}: no {stem}_finish")

        parameters = element.findall(f"{CORE}parameters/{CORE}parameter")
        outs = [p for p in parameters if p.get("direction") in ("out", "inout")]
        if len(outs) > 1:
            self.problems.append(f"{where}: {len(outs)} out parameters, at most 1")
        for value in [*parameters, *element.findall(f"{CORE}return-value")]:
            self.check_elements(value, where)

    def check_elements(self, value, where) -> None:
        kind_of_value = value.find(f"{CORE}type")
        if kind_of_value is None or kind_of_value.get("name") not in CONTAINERS:
            return
        inner = kind_of_value.find(f"{CORE}type")
        if inner is None or inner.get("name") == "gpointer":
            what = value.get("name", "the return value")
            self.problems.append(f"{where}: {what} does not say its (element-type)")

    def check_accessors(self, element, where, parent) -> None:
        methods = {sibling.get("name") for sibling in parent if kind(sibling) == "method"}
        for role in ("getter", "setter"):
            method = element.get(role)
            if method and method not in methods:
                self.problems.append(f"{where}: its {role} {method} does not exist")


def main(path: str) -> int:
    namespace = ElementTree.parse(path).getroot().find(f"{CORE}namespace")
    problems = Checker(namespace).run()
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
