#!/usr/bin/env python3
"""The Debian packages that script/package has made: what is in them, that lintian has nothing to say, and
how they are installed, upgraded, removed and purged in a Debian of their own.

They are looked for in build/packages, or in the folder that SLUICE_PACKAGES names. The second part runs
as root of a fresh Debian, which mmdebstrap makes and takes away again. With SLUICE_LONG=1 the packages of this machine are built once more elsewhere, and have to be the same.
"""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = pathlib.Path(os.environ.get("SLUICE_PACKAGES", ROOT / "build" / "packages")).resolve()
MACHINES = {"amd64": "Advanced Micro Devices X86-64", "arm64": "AArch64", "armhf": "ARM"}
EMULATORS = {"arm64": ["qemu-aarch64-static", "-L", ROOT / ".sysroot" / "aarch64"],
             "armhf": ["qemu-arm-static", "-L", ROOT / ".sysroot" / "armv7"]}
# Within the fresh Debian: the folder that is its root.
INSIDE = os.environ.get("SLUICE_PACKAGES_INSIDE")


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)


def checked(*command, **options):
    done = run(*command, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def packages(name="*", architecture="*"):
    found = sorted(FOLDER.glob(f"{name}_*_{architecture}.deb"))
    if not found:
        raise AssertionError(f"no package {name} for {architecture} in {FOLDER}; script/package makes them")
    return found


def field(package, name):
    return checked("dpkg-deb", "--field", package, name).strip()


def dependencies(package):
    """Names, the first of alternatives."""
    return sorted({re.match(r"[a-z0-9.+-]+", one.strip())[0] for one in field(package, "Depends").split(",")})


@unittest.skipIf(INSIDE, "outside only")
class Contents(unittest.TestCase):
    def test_lintian_has_nothing_to_say(self):
        done = run("lintian", "--allow-root", "--fail-on", "warning,error", *packages())
        self.assertEqual((0, ""), (done.returncode, done.stdout + done.stderr))

    def test_programs_are_of_the_processor_stripped_and_run(self):
        for package in packages():
            architecture = field(package, "Architecture")
            with self.subTest(package.name), tempfile.TemporaryDirectory() as folder:
                checked("dpkg-deb", "--extract", package, folder)
                program = pathlib.Path(folder) / "usr" / "bin" / field(package, "Package")
                self.assertRegex(checked("readelf", "--file-header", program), rf"Machine: +{MACHINES[architecture]}\n")
                self.assertNotIn(".debug_info", checked("readelf", "--section-headers", "--wide", program))
                self.assertNotIn(str(ROOT).encode(), program.read_bytes())
                emulator = EMULATORS.get(architecture, [])
                version = checked(*emulator, program, "--version").split()
                self.assertEqual([field(package, "Package"), field(package, "Version").split("-")[0]], version)
                if package.name.startswith("sluice_"):
                    said = checked(*emulator, program, "check", pathlib.Path(folder) / "etc" / "sluice" / "sluice.toml")
                    self.assertIn("is good", said)

    def test_every_processor_needs_the_same_libraries(self):
        for name in ("sluice", "sluice-collector"):
            needed = {str(dependencies(package)) for package in packages(name)}
            self.assertEqual(1, len(needed), needed)

    def test_one_processor_is_refused_and_only_by_armhf(self):
        for package in packages():
            scripts = checked("dpkg-deb", "--info", package)
            self.assertEqual(package.name.endswith("_armhf.deb"), "preinst" in scripts)

    def test_the_manual_has_every_command(self):
        for package in packages("sluice*", "amd64"):
            with self.subTest(package.name), tempfile.TemporaryDirectory() as folder:
                checked("dpkg-deb", "--extract", package, folder)
                name = field(package, "Package")
                program = pathlib.Path(folder) / "usr" / "bin" / name
                page = checked("gunzip", "--stdout", pathlib.Path(folder) / "usr/share/man/man1" / f"{name}.1.gz")
                page = page.replace("\\-", "-")
                listed = re.search(r"Subcommands:\n((?:  .*\n)+)", checked(program, "--help"))[1]
                commands = re.findall(r"^  (\w+)", listed, re.MULTILINE)
                self.assertGreater(len(commands), 2)
                for command in commands:
                    self.assertIn(f".SS {command}\n", page)
                    for option in re.findall(r"^  (--[\w-]+)", checked(program, command, "--help"), re.MULTILINE):
                        self.assertIn(f".B {option}", page)

    @unittest.skipUnless(os.environ.get("SLUICE_LONG") == "1", "takes minutes: SLUICE_LONG=1")
    def test_the_same_commit_gives_the_same_bytes_in_another_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            clone = pathlib.Path(folder) / "some" / "other" / "place"
            checked("git", "clone", "--quiet", ROOT, clone)
            # Not from the compiler's cache: what it gives back would be the same in any case.
            checked(clone / "script" / "package", "--output", f"{folder}/packages", "host-release",
                    env={**os.environ, "CCACHE_DISABLE": "1"})
            for package in packages("*", "amd64"):
                again = pathlib.Path(folder) / "packages" / package.name
                self.assertEqual(hashlib.sha256(package.read_bytes()).hexdigest(),
                                 hashlib.sha256(again.read_bytes()).hexdigest(), package.name)

    def test_install_upgrade_remove_and_purge(self):
        """Makes the Debian in which the second part of this file runs."""
        both = packages("*", "amd64")
        needed = sorted({name for package in both for name in dependencies(package)})
        again = f'SLUICE_PACKAGES_INSIDE="$1" SLUICE_PACKAGES="{FOLDER}" python3 "{__file__}" Installed'
        done = run("mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(needed)}", f"--customize-hook={again}",
                   "bookworm", "/dev/null", stdin=subprocess.DEVNULL)
        sys.stderr.write(done.stderr)
        self.assertEqual(0, done.returncode)
        self.assertRegex(done.stderr, r"Ran \d\d? tests[^$]*OK\n")


@unittest.skipUnless(INSIDE, "within a fresh Debian only, where Contents calls it")
class Installed(unittest.TestCase):
    """Runs within mmdebstrap, as root there; no service manager runs."""

    def setUp(self):
        self.root = pathlib.Path(INSIDE)
        self.inside("dpkg", "--purge", "sluice", "sluice-collector")
        self.before = self.files()
        for package in packages("*", "amd64"):
            (self.root / "root" / package.name.split("_")[0]).with_suffix(".deb").write_bytes(package.read_bytes())

    def inside(self, *command, **options):
        return checked("chroot", self.root, *command, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
                                                           "DEBIAN_FRONTEND": "noninteractive"}, **options)

    def as_user(self, user, *command):
        # setpriv takes no names of users for groups; --init-groups gives what the service gets.
        return self.inside("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *command)

    def install(self, *names):
        self.inside("dpkg", "--force-confold", "--install", *[f"/root/{name}.deb" for name in names])

    def files(self):
        """Everything but what is the system's own at work: dpkg's books, logs, mounts."""
        left_out = {f"{self.root}/{path}" for path in (
            "dev", "proc", "root", "run", "sys", "tmp", "var/cache", "var/lib/dpkg",
            "var/lib/systemd/deb-systemd-helper-enabled", "var/lib/systemd/deb-systemd-helper-masked", "var/log")}
        found = set()
        for folder, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if f"{folder}/{name}" not in left_out]
            found |= {f"{folder}/{name}"[len(str(self.root)):] for name in [*folders, *files]}
        return found

    def next_version(self, name):
        """The same package with a higher version, and another default configuration."""
        with tempfile.TemporaryDirectory() as folder:
            checked("dpkg-deb", "--raw-extract", self.root / "root" / f"{name}.deb", f"{folder}/package")
            control = pathlib.Path(folder, "package", "DEBIAN", "control")
            control.write_text(re.sub(r"(?m)^Version: .*", "Version: 99.0-1", control.read_text()))
            for conffile in pathlib.Path(folder, "package", "DEBIAN", "conffiles").read_text().split():
                with open(f"{folder}/package{conffile}", "a", encoding="utf-8") as configuration:
                    configuration.write("# of the next version\n")
            checked("dpkg-deb", "--root-owner-group", "--build", f"{folder}/package",
                    self.root / "root" / f"{name}.deb")

    def mode(self, path):
        status = (self.root / path.lstrip("/")).stat()
        owner = self.inside("stat", "--format=%U:%G", path).strip()
        return f"{status.st_mode & 0o7777:o} {owner}"

    def is_enabled(self, name):
        return (self.root / f"etc/systemd/system/multi-user.target.wants/{name}.service").is_symlink()

    def gateway_runs(self):
        """The installed gateway as its user, with the installed configuration: reads, stores, ends."""
        self.inside("install", "-d", "-o", "sluice", "-g", "sluice", "-m", "0750", "/run/sluice")
        self.as_user("sluice", "sluice", "run", "--seconds", "3", "--final-status", "/var/lib/sluice/last.json")
        return json.loads((self.root / "var/lib/sluice/last.json").read_text())

    def test_the_gateway_runs_as_its_user_with_the_default_configuration(self):
        self.install("sluice")
        self.assertIn("is good", self.as_user("sluice", "sluice", "check"))
        self.assertEqual("750 sluice:sluice", self.mode("/var/lib/sluice"))
        self.assertEqual("644 root:root", self.mode("/etc/sluice/sluice.toml"))
        groups = set(self.inside("id", "--name", "--groups", "sluice").split())
        self.assertLessEqual({"sluice", "gpio", "i2c", "spi", "dialout", "video"}, groups)
        self.assertTrue(self.is_enabled("sluice"))
        status = self.gateway_runs()
        self.assertGreater(status["readings"]["stored"], 0)
        self.assertEqual(status["readings"]["produced"], status["readings"]["stored"])

    def test_the_collector_runs_as_its_user(self):
        self.install("sluice-collector")
        self.assertEqual("750 sluice-collector:sluice-collector", self.mode("/var/lib/sluice-collector"))
        self.assertTrue(self.is_enabled("sluice-collector"))
        log = self.root / "root" / "collector.log"
        with open(log, "wb") as out:
            collector = subprocess.Popen(
                ["chroot", self.root, "setpriv", "--reuid=sluice-collector", "--regid=sluice-collector",
                 "--init-groups", "sluice-collector", "run", "--database", "/var/lib/sluice-collector/sluice.db"],
                stdout=out, stderr=out)
            self.addCleanup(collector.kill)
        while b"keeping in" not in log.read_bytes():
            self.assertIsNone(collector.poll(), log.read_bytes())
            time.sleep(0.05)
        collector.terminate()
        self.assertEqual(0, collector.wait(60))
        self.as_user("sluice-collector", "sluice-collector", "status",
                     "--database", "/var/lib/sluice-collector/sluice.db")
        self.inside("sluice-decode", "--help")

    def test_an_upgrade_keeps_configuration_data_and_what_the_administrator_disabled(self):
        self.install("sluice")
        first = self.gateway_runs()
        configuration = self.root / "etc/sluice/sluice.toml"
        configuration.write_text(configuration.read_text() + "# mine\n")
        self.inside("systemctl", "disable", "sluice")
        self.assertFalse(self.is_enabled("sluice"))
        self.next_version("sluice")
        self.install("sluice")
        self.assertIn("99.0-1", self.inside("dpkg-query", "--show", "sluice"))
        self.assertTrue(configuration.read_text().endswith("# mine\n"))
        self.assertFalse(self.is_enabled("sluice"))
        second = self.gateway_runs()
        self.assertGreater(second["storage"]["pending_chunks"], first["storage"]["pending_chunks"])

    def test_an_untouched_configuration_is_replaced(self):
        self.install("sluice-collector")
        self.next_version("sluice-collector")
        self.install("sluice-collector")
        self.assertTrue((self.root / "etc/default/sluice-collector").read_text().endswith("# of the next version\n"))

    def test_installing_again_and_configuring_again_changes_nothing(self):
        self.install("sluice", "sluice-collector")
        files, users = self.files(), (self.root / "etc/group").read_text()
        self.install("sluice", "sluice-collector")
        for name in ("sluice", "sluice-collector"):
            self.inside(f"/var/lib/dpkg/info/{name}.postinst", "configure", "0.1.0-1")
        self.assertEqual(files, self.files())
        self.assertEqual(users, (self.root / "etc/group").read_text())

    def test_remove_keeps_data_and_configuration(self):
        self.install("sluice", "sluice-collector")
        self.gateway_runs()
        self.inside("dpkg", "--remove", "sluice", "sluice-collector")
        self.assertFalse((self.root / "usr/bin/sluice").exists())
        self.assertTrue((self.root / "etc/sluice/sluice.toml").exists())
        self.assertTrue(list((self.root / "var/lib/sluice").glob("*.db")))
        # And whoever installs it again goes on where it ended.
        self.install("sluice")
        self.assertTrue(self.is_enabled("sluice"))
        self.assertGreater(self.gateway_runs()["storage"]["pending_chunks"], 0)

    def test_purge_leaves_nothing_but_the_users(self):
        self.install("sluice", "sluice-collector")
        self.gateway_runs()
        self.inside("dpkg", "--purge", "sluice", "sluice-collector")
        self.assertEqual(set(), self.files() - self.before)
        self.assertIn("sluice", self.inside("id", "--name", "--user", "sluice"))

    def test_every_dependency_is_there(self):
        self.install("sluice", "sluice-collector")
        self.assertEqual("", self.inside("dpkg", "--audit"))
        for program in ("sluice", "sluice-collector"):
            self.assertNotIn("not found", self.inside("ldd", f"/usr/bin/{program}"))


if __name__ == "__main__":
    unittest.main()
