"""Memory of processes and their children out of /proc, in MiB."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    """Resident set size, and proportional set size, in which shared pages count once among those who share them."""

    rss_mib: float
    pss_mib: float
    processes: int

    def to_dict(self) -> dict[str, float]:
        """JSON-ready data."""
        return asdict(self)


def memory_of(pid: int, proc: Path = PROC) -> Memory:
    """A process together with all its children. Zero when it is gone."""
    rollups = [rollup for each in family(pid, proc) if (rollup := _rollup(proc / str(each) / "smaps_rollup"))]
    return Memory(
        round(sum(rollup["Rss"] for rollup in rollups) / 1024, 1),
        round(sum(rollup["Pss"] for rollup in rollups) / 1024, 1),
        len(rollups),
    )


def family(pid: int, proc: Path = PROC) -> list[int]:
    """The process, its children, and theirs."""
    found = [pid]
    for each in found:
        for children in sorted((proc / str(each)).glob("task/*/children")):
            try:
                found += [int(child) for child in children.read_text(encoding="ascii").split()]
            except OSError:  # it ended meanwhile
                continue
    return found


def _rollup(file: Path) -> dict[str, int]:
    """The file's figures in KiB; empty when the process ended."""
    try:
        lines = file.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return {}
    return {name.strip(): int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
