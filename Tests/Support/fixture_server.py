"""Starts web/test/fixture_server.mjs: the interface on seeded data, slow or empty when asked."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).parents[2]


class FixtureServer:
    """The fixture server as a context: `address` is the interface's, ending in `/ui/`."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        web = os.environ.get("SIGHTLINE_WEB", str(ROOT / "web/dist"))
        self.process = subprocess.Popen(["node", str(ROOT / "web/test/fixture_server.mjs"), "--web", web, *self.arguments], stdout=subprocess.PIPE)
        self.address = self.process.stdout.readline().decode().strip() + "/ui/"
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)
