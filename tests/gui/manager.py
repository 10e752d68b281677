# SPDX-License-Identifier: GPL-2.0-or-later
"""The manager on a display, a bus and a fake host of its own, used through the accessibility tree.

    with Manager() as m:
        m.click("push button", "New VM")

A test fails when a control it wants has no name, since it is found by nothing else. PICTURES=DIR keeps
a picture of each step."""
import os
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = float(os.environ.get("GUI_SECONDS", "25"))


def enter(size="1024x768"):
    """Starts the test again inside a display and a bus of its own, if it is not there yet."""
    if os.environ.get("DOMUS_GUI_TEST"):
        return
    environment = dict(os.environ, DOMUS_GUI_TEST="1", GSETTINGS_BACKEND="keyfile", NO_AT_BRIDGE="0",
                       GSETTINGS_SCHEMA_DIR=TOP + "/build/gui", GTK_THEME="",
                       LC_ALL=os.environ.get("GUI_LOCALE", "C.UTF-8"), GDK_BACKEND="x11",
                       DOMUS_LOCALE_DIR=TOP + "/build/gui/locale")
    for name in ("GTK_THEME", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        environment.pop(name, None)
    with tempfile.TemporaryDirectory() as home:
        environment.update(HOME=home, XDG_CONFIG_HOME=home + "/config", XDG_RUNTIME_DIR=home,
                           XDG_CACHE_HOME=home + "/cache", XDG_DATA_HOME=home + "/data")
        os.chmod(home, 0o700)
        size = os.environ.get("GUI_SIZE", size)
        readable, writable = os.pipe()
        display = subprocess.Popen(["Xvfb", "-displayfd", str(writable), "-screen", "0", size + "x24",
                                    "-nolisten", "tcp"], pass_fds=[writable],
                                   stderr=subprocess.DEVNULL)
        try:
            os.close(writable)
            number = os.read(readable, 16).strip().decode()
            if not number:
                sys.exit("no display")
            environment["DISPLAY"] = ":" + number
            code = subprocess.call(["dbus-run-session", "--", "/usr/bin/python3"] + sys.argv,
                                   env=environment)
        finally:
            display.terminate()
            display.wait()
    sys.exit(code)


class Manager:
    def __init__(self, bundled=True, settings="", daemon=True):
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi
        self.atspi = Atspi
        self.home = os.environ["HOME"]
        self.step = 0
        self.with_daemon = daemon
        image = self.home + "/debian.img"
        if bundled:
            open(image, "w").close()
        folder = self.home + "/config/glib-2.0/settings"
        os.makedirs(folder)
        with open(folder + "/keyfile", "w", encoding="utf-8") as f:
            f.write("[org/domus1/Manager]\nbundled-image='%s'\n%s\n" % (image, settings))

    def __enter__(self):
        self.log = open(self.home + "/log", "w+", encoding="utf-8")
        self.daemon = None
        if self.with_daemon:
            self.start_daemon()
        self.program = subprocess.Popen([TOP + "/build/bin/domus-manager", "--session"],
                                        stdout=self.log, stderr=self.log)
        self.app = self.wait(lambda: self.find_app(), "the manager on the accessibility bus")
        return self

    def start_daemon(self):
        self.daemon = subprocess.Popen(
            [TOP + "/build/bin/domusd", "--session", "--backend=fake", "--config-dir",
             self.home + "/machines", "--state-dir", self.home + "/state", "--run-dir",
             self.home + "/run"], stderr=self.log)
        subprocess.check_call(["gdbus", "wait", "--session", "--timeout", "30", "org.domus1"])

    def __exit__(self, kind, value, trace):
        if kind:
            self.picture("failure")
            print(self.tree())
        for process in (self.program, self.daemon):
            if process:
                process.terminate()
                process.wait()
        self.log.seek(0)
        text = self.log.read()
        print(text)
        if not kind:
            bad = [line for line in text.splitlines() if "CRITICAL" in line or "WARNING **" in line
                   and "atk-bridge" not in line and "dconf" not in line]
            assert not bad, bad
            assert self.program.returncode in (0, -15), self.program.returncode

    def find_app(self):
        desktop = self.atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(i)
            if app and app.get_name() == "domus-manager":
                return app
        return None

    def wait(self, question, what, seconds=SECONDS):
        end = time.time() + seconds
        while True:
            assert self.__dict__.get("program") is None or self.program.poll() is None, "it ended"
            try:
                answer = question()
            except Exception as error:  # an object that is gone meanwhile
                answer = None
                if "GLib" not in type(error).__module__ and "gi" not in type(error).__module__:
                    raise
            if answer:
                return answer
            if time.time() > end:
                raise AssertionError("not there within %d s: %s" % (seconds, what))
            time.sleep(0.2)

    def walk(self, top=None, showing=True):
        state = self.atspi.StateType.SHOWING
        todo = [top or self.app]
        while todo:
            item = todo.pop(0)
            try:
                if item is None:
                    continue
                if item is not self.app and showing and not item.get_state_set().contains(state) \
                        and item.get_role_name() not in ("page tab", "menu item", "check menu item"):
                    continue
                yield item
                todo[0:0] = [item.get_child_at_index(i) for i in range(item.get_child_count())]
            except Exception as error:
                if "gi" not in type(error).__module__ and "GLib" not in type(error).__module__:
                    raise

    def find(self, role, name=None, top=None, part=False):
        for item in self.walk(top):
            if item.get_role_name() == role and \
                    (name is None or item.get_name() == name or part and name in item.get_name()):
                return item
        return None

    def get(self, role, name=None, top=None, part=False, seconds=SECONDS):
        return self.wait(lambda: self.find(role, name, top, part), "%s “%s”" % (role, name), seconds)

    def gone(self, role, name):
        self.wait(lambda: not self.find(role, name), "%s “%s” to be gone" % (role, name))

    def says(self, text, seconds=SECONDS):
        """A label that has this text in it."""
        return self.get("label", text, part=True, seconds=seconds)

    def click(self, role, name, top=None):
        item = self.get(role, name, top)
        self.wait(lambda: item.get_state_set().contains(self.atspi.StateType.SENSITIVE),
                  "%s “%s” to be sensitive" % (role, name))
        assert item.do_action(0), "click on %s “%s”" % (role, name)
        return item

    def sensitive(self, role, name):
        return self.get(role, name).get_state_set().contains(self.atspi.StateType.SENSITIVE)

    def type(self, name, text, role="text"):
        item = self.get(role, name)
        assert item.set_text_contents(text), "text of “%s”" % name

    def value(self, name, number):
        item = self.get("spin button", name)
        assert item.set_current_value(number), "value of “%s”" % name

    def text_of(self, role, name):
        item = self.get(role, name)
        return item.get_text(0, item.get_character_count())

    def select(self, name):
        """A machine of the list, by the name its row begins with."""
        row = self.get("list item", name + ": ", part=True)
        assert row.get_parent().select_child(row.get_index_in_parent()), name
        return row

    def tab(self, name):
        tab = self.get("page tab", name)
        assert tab.get_parent().select_child(tab.get_index_in_parent()), name

    def stop_daemon(self):
        self.daemon.terminate()
        self.daemon.wait()
        self.daemon = None

    def power_off(self):
        return subprocess.run(
            ["gdbus", "call", "--session", "-d", "org.domus1", "-o", "/org/domus1/Manager", "-m",
             "org.freedesktop.DBus.Properties.Get", "org.domus1.Manager", "PowerOffSeconds"],
            check=True, capture_output=True, text=True).stdout

    def domus(self, *words):
        return subprocess.run([TOP + "/build/bin/domus", "--session", *words], check=True,
                              capture_output=True, text=True).stdout

    def picture(self, name):
        folder = os.environ.get("PICTURES")
        if folder:
            self.step += 1
            os.makedirs(folder, exist_ok=True)
            subprocess.call(["import", "-silent", "-window", "root",
                             "%s/%02d-%s.png" % (folder, self.step, name)])

    def tree(self):
        lines = []
        for item in self.walk():
            depth, up = 0, item
            while up is not None and up != self.app and depth < 30:
                up, depth = up.get_parent(), depth + 1
            lines.append("%s%s “%s”" % ("  " * depth, item.get_role_name(), item.get_name()))
        return "\n".join(lines)
