"""`holdfast run`: checks the installation, then becomes supervisord in the foreground with all processes under it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from holdfast.cli.processes import CORE, Ports, Program, programs
from holdfast.clinic import Clinic, load_clinic
from holdfast.content.directory import Directory
from holdfast.escalation.notifier import Notifier, NotifierError
from holdfast.paths import ROOT, clinic_file, models, var
from holdfast.secrets import NAMES, secret


def run() -> int:
    """Does not return when all is well: the process becomes supervisord. Returns 1 or 2 with a remedy printed."""
    clinic = load_clinic()
    try:
        Notifier((*clinic.targets, *(each.target for each in clinic.on_call)), var())
    except NotifierError as error:
        print(error, file=sys.stderr)
        return 2
    if problem := _without_lines(clinic):
        print(problem, file=sys.stderr)
        return 2
    if problem := _missing():
        print(problem, file=sys.stderr)
        return 1
    ports = Ports.from_environment()
    if taken := ports.taken():
        told = ", ".join(f"{number} ({name})" for name, number in taken)
        print(
            f"Already in use: port {told}. Stop what runs there, or choose others (docs/configuration.md).",
            file=sys.stderr,
        )
        return 1
    os.umask(0o077)  # what the processes write holds what people wrote
    for name in NAMES:
        secret(name)
    started = [each for each in programs(ports) if clinic.desk_enabled or each.name in CORE]
    config = write_supervisor_config(started, var(), announce=True)
    os.chdir(ROOT)
    command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-s", "-c", str(config)]
    os.execv(command[0], command)


def _without_lines(clinic: Clinic) -> str | None:
    """A wrong country code would show no number at all; UK for GB is the likeliest."""
    if Directory.load().has(clinic.country):
        return None
    meant = " The United Kingdom is GB." if clinic.country == "UK" else ""
    return (
        f"{clinic_file()}: clinic.country: there are no crisis lines for {clinic.country!r}.{meant} Use an ISO code of "
        "holdfast/content/data/lines, or add a file there (docs/content.md)."
    )


def _missing() -> str | None:
    if not (ROOT / ".venv-rasa" / "bin" / "python").exists():
        return "The environment .venv-rasa is missing. Run: make setup"
    for file in (models() / "rasa" / "holdfast.tar.gz", models() / "detector"):
        if not file.exists():
            return f"{file} is missing. Run: make train"
    return None


def write_supervisor_config(started: Sequence[Program], folder: Path, *, announce: bool) -> Path:
    """Writes `supervisord.conf` into ``folder``: each program is restarted for ever, each with its own log file."""
    logs = folder / "log"
    logs.mkdir(parents=True, exist_ok=True)
    sections = [
        "[supervisord]\n"
        f"logfile={logs}/supervisord.log\nlogfile_maxbytes=5MB\nlogfile_backups=2\n"
        f"pidfile={folder}/supervisord.pid\nidentifier=holdfast\nminfds=1024\n",
        f"[unix_http_server]\nfile={folder}/supervisor.sock\nchmod=0700\n",
        f"[supervisorctl]\nserverurl=unix://{folder}/supervisor.sock\n",
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n",
    ]
    sections += [_section(program, logs) for program in started]
    if announce:
        sections.append(
            "[program:announce]\n"
            f"command={sys.executable} -m holdfast.cli.announce\n"
            f"environment={_environment(started[0])}\n"
            f"directory={ROOT}\nautorestart=false\nstartsecs=0\nstdout_logfile=/dev/fd/1\n"
            "stdout_logfile_maxbytes=0\nredirect_stderr=true\n"
        )
    file = folder / "supervisord.conf"
    file.write_text("\n".join(sections), encoding="utf-8")
    return file


def _section(program: Program, logs: Path) -> str:
    """Restarted at once however often it dies; supervisor's own limit on tries is put out of reach."""
    command = " ".join(part.replace("%", "%%") for part in program.command)
    return (
        f"[program:{program.name}]\ncommand={command}\ndirectory={ROOT}\n"
        f"environment={_environment(program)}\n"
        "autorestart=true\nstartsecs=1\nstartretries=1000000\nstopasgroup=true\nkillasgroup=true\nstopwaitsecs=8\n"
        f"stdout_logfile={logs}/{program.name}.log\nstdout_logfile_maxbytes=5MB\nstdout_logfile_backups=2\n"
        "redirect_stderr=true\n"
    )


def _environment(program: Program) -> str:
    quoted = (f'{key}="{value.replace("%", "%%")}"' for key, value in program.environment.items())
    return ",".join(quoted)
