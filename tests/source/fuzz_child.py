"""Read many mutated files of one format in a process of little memory, and print what came of them as JSON.

python fuzz_child.py FORMAT COUNT SEED FOLDER: seeds are FOLDER/*.FORMAT, or the lines of FOLDER/*.txt for re.
"""

from __future__ import annotations

import cProfile
import json
import random
import resource
import signal
import sys
from pathlib import Path

from fsm2rnn.errors import FsmError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Bit, ReadOptions, Words
from fsm2rnn.source.read import reading


def read(source, options=None):
    """Return the machine, whatever was guessed in reading it."""
    return reading(source, options or ReadOptions()).machine


MEMORY = 512 * 2**20
CALLS = 50_000_000  # of functions, for one input
SECONDS = 120  # of processor time, after which an input that makes no calls is given up
STATES = 2_000
# Without these every file of the format is refused, or most are.
NEEDED = {".hoa": {"finite": Words.FINITE}, ".kiss2": {"dont_care": Bit.ZERO}}
PIECES = (
    *(b"\0", b"\n", b"\r", b'"', b"\\", b"/", b"|", b"{", b"}", b"[", b"]", b"<", b">", b"(", b")", b",", b";", b"#"),
    *(
        b"9" * 20,
        b"-1",
        b"1e999",
        b"NaN",
        b"null",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xae",
        b"e\xcc\x81",
        b"\xc3",
    ),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#0;", b"<![CDATA[", b"]]>", b"<!--", b"@NFA-explicit", b"%Initial"),
    *(b"digraph", b"->", b"<eps>", b"Infinity", b'{"tuple":', b"{60}", b"&", b"^", b"*", b"\\\n", b"[" * 2_000),
)


def mutated(draw: random.Random, seeds: list[bytes]) -> bytes:
    """Return a seed after one to four changes of bytes, pieces or lines."""
    data = draw.choice(seeds)
    for _ in range(draw.randint(1, 4)):
        data = draw.choice(CHANGES)(draw, data, seeds)
    return data


def _span(draw: random.Random, data: bytes) -> tuple[int, int]:
    start = draw.randint(0, len(data))
    return start, min(len(data), start + draw.randint(0, 30))


def _flip(draw: random.Random, data: bytes, _: list[bytes]) -> bytes:
    place = draw.randint(0, len(data))
    return data[:place] + bytes([draw.randint(0, 255)]) + data[place + 1 :]


def _delete(draw: random.Random, data: bytes, _: list[bytes]) -> bytes:
    start, end = _span(draw, data)
    return data[:start] + data[end:]


def _insert(draw: random.Random, data: bytes, _: list[bytes]) -> bytes:
    place = draw.randint(0, len(data))
    return data[:place] + draw.choice(PIECES) + data[place:]


def _repeat(draw: random.Random, data: bytes, _: list[bytes]) -> bytes:
    start, end = _span(draw, data)
    return data[:start] + data[start:end] * draw.choice((2, 3, 50, 1_000)) + data[end:]


def _truncate(draw: random.Random, data: bytes, _: list[bytes]) -> bytes:
    return data[: draw.randint(0, len(data))]


def _splice(draw: random.Random, data: bytes, seeds: list[bytes]) -> bytes:
    return data[: draw.randint(0, len(data))] + (other := draw.choice(seeds))[draw.randint(0, len(other)) :]


def _shuffle_lines(draw: random.Random, data: bytes, _: list[bytes]) -> bytes:
    lines = data.split(b"\n")
    first, second = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def _swap_names(draw: random.Random, data: bytes, _: list[bytes]) -> bytes:
    words = data.split(b" ")
    first, second = draw.randrange(len(words)), draw.randrange(len(words))
    words[first] = words[second]
    return b" ".join(words)


CHANGES = (_flip, _delete, _insert, _repeat, _truncate, _splice, _shuffle_lines, _swap_names)


def _too_slow(*_: object) -> None:
    message = f"more than {SECONDS} s"
    raise TimeoutError(message)


def outcome(path: Path, data: bytes, draw: random.Random) -> str:
    """Return "machine", "error", or what else happened."""
    complete = draw.choice(list(Completion))
    if path.suffix == ".re":
        source = "re:" + data.decode("utf-8", errors="replace")
    else:
        path.write_bytes(data)
        source = str(path)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        read(source, ReadOptions(complete=complete, max_states=STATES, **NEEDED.get(path.suffix, {})))
    except FsmError:
        return "error"
    except BaseException as error:  # noqa: BLE001  whatever it is, it is the finding
        return f"{type(error).__name__}: {error}"[:200]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return "machine"


def main(form: str, count: int, seed: int, folder: Path) -> None:
    """Print {"machines", "errors", "worst", "findings"}."""
    draw = random.Random(seed)
    seeds = [path.read_bytes() for path in sorted(folder.glob(f"*.{form}"))]
    path = folder / "mutated" / f"m.{form}"
    path.parent.mkdir(exist_ok=True)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY,) * 2)
    signal.signal(signal.SIGVTALRM, _too_slow)
    counts = {"machine": 0, "error": 0}
    worst, findings = 0, []
    for number in range(count):
        data = mutated(draw, seeds)
        with cProfile.Profile() as profile:
            found = outcome(path, data, draw)
        calls = sum(entry.callcount for entry in profile.getstats())
        worst = max(worst, calls)
        if found in counts and calls <= CALLS:
            counts[found] += 1
        else:
            findings.append([number, found, calls, data[:2_000].decode("latin-1")])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({**counts, "worst": worst, "peak_kib": peak, "findings": findings}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
