# SPDX-FileCopyrightText: 2026 The Geminga authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A message bus for one test, with the files that data/templates makes for the example."""
import getpass
import os
import pathlib
import re
import subprocess
import tempfile
import time

from harness import BUILD, PATIENCE, SOURCE, await_end

ID = "org.example.Hello"

# Everybody may do everything.
OPEN = """<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy>"""

# What the configuration of the system's bus says about everything.
STRICT = """
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy><include>policy.conf</include>"""


def fill(template: str) -> str:
    """A template as it is for the example of this build."""
    text = (SOURCE / f"data/templates/{template}.in").read_text(encoding="utf-8")
    values = {"ID": ID, "ESCAPED_ID": ID.replace(".", "_2e"), "USER": getpass.getuser(),
              "EXEC": str(BUILD / "docs/examples/hello")}
    return re.sub("@([A-Z_]+)@", lambda name: values[name[1]], text)


class Bus:
    """A message bus of one's own, in a folder with what it can start."""

    def __init__(self, kind: str, policy: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = pathlib.Path(self.folder.name)
        path.chmod(0o755)
        (path / "services").mkdir()
        (path / "services" / f"{ID}.service").write_text(fill("session-bus.service"))
        (path / "policy.conf").write_text(fill("system-bus.conf"))
        (path / "bus.conf").write_text(
            f"<busconfig><type>{kind}</type><listen>unix:path={path}/bus</listen><auth>EXTERNAL</auth>"
            f"<servicedir>{path}/services</servicedir>{policy}</busconfig>")
        # Whatever it starts listens on a free port.
        self.process = subprocess.Popen(
            ["dbus-daemon", "--nofork", "--nopidfile", "--print-address", f"--config-file={path}/bus.conf"],
            stdout=subprocess.PIPE, text=True, env=dict(os.environ, GEMINGA_BIND="127.0.0.1:0"))
        self.address = self.process.stdout.readline().strip()

    def __enter__(self) -> "Bus":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def command(self, path: str, method: str, *arguments: str, user: int | None = None,
                destination: str = ID) -> list[str]:
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        return become + ["gdbus", "call", "--address", self.address, "--dest", destination,
                         "--object-path", path, "--method", method, *arguments]

    def call(self, path: str, method: str, *arguments: str, **options) -> subprocess.CompletedProcess:
        return subprocess.run(self.command(path, method, *arguments, **options), text=True,
                              capture_output=True, timeout=PATIENCE, check=False)

    def get(self, path: str, method: str, *arguments: str, **options) -> str:
        result = self.call(path, method, *arguments, **options)
        if result.returncode != 0:
            raise AssertionError(result.stderr)
        return result.stdout

    def await_actor(self, path: str, destination: str = ID) -> None:
        """Until the successor of an actor that was killed is on the bus, and answers."""
        deadline = time.monotonic() + PATIENCE
        while (result := self.call(path, "org.geminga1.Actor.Ping",
                                   destination=destination)).returncode != 0:
            if time.monotonic() > deadline:
                raise AssertionError(result.stderr)

    def get_pid(self) -> int:
        answer = self.get("/org/geminga1", "org.freedesktop.DBus.Properties.Get",
                          "org.geminga1.Arbiter", "Pid")
        return int(re.search(r"uint32 (\d+)", answer)[1])

    def stop_service(self, pid: int) -> None:
        """Stops it over the bus, and waits until it has ended."""
        fd = os.pidfd_open(pid)
        self.get("/org/geminga1", "org.geminga1.Arbiter.Stop", "{}")
        left = await_end({pid: fd}, PATIENCE)
        os.close(fd)
        if left:
            raise AssertionError(f"process {pid} does not end")
