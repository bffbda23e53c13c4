"""The commands: each with what it says of itself, its options, and the module that runs it.

A command is added in two places: its file in a room of this folder, and here. The options stand here because its file
may load torch, and `--help` must not.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.exact.rounding import FORMATS

MODELS: Final = (
    "full, factored, block-diagonal, rotation, real-diagonal, affine-real-diagonal, elman, relu, gru or lstm"
)
EXPERIMENTS: Final = (
    "paper-table, data-efficiency, additive-terms, rotation-angles, frozen-parity, state-tracking or retention"
)
DTYPES: Final = ", ".join(form.name for form in FORMATS)


@final
@dataclass(frozen=True)
class Command:
    """A command of the command line: `module` below fsm2rnn.commands has `run(options) -> Status`."""

    module: str
    says: str
    add_options: Callable[[argparse.ArgumentParser], None]

    @property
    def name(self) -> str:
        """The word after `fsm2rnn`."""
        return self.module.rpartition(".")[2]


def _machine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("machine", metavar="MACHINE", help="a name such as S5, re:REGEX, or a file")
    _reading(parser)


def _reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--complete", default="error", metavar="error|sink", help="what a missing transition means")
    parser.add_argument("--max-states", type=int, default=100_000, metavar="N", help="limit when states are built")
    parser.add_argument("--labels", metavar="whole|list", help="a label is one letter, or lists letters")
    parser.add_argument("--start", metavar="STATE", help="the start state")
    parser.add_argument("--epsilon", metavar="LABEL|none", help="the label that means no symbol")
    parser.add_argument("--part", type=int, metavar="K", help="which machine of a file of several, from 1")
    parser.add_argument(
        "--finite", action="store_const", const="finite", help="read an automaton on infinite words over finite ones"
    )
    parser.add_argument("--dont-care", metavar="0|1", help="what an open output bit (-) of a state table is")


def _diff(parser: argparse.ArgumentParser) -> None:
    for name in "ab":
        parser.add_argument(name, metavar=name.upper(), help="a MACHINE or a NET.safetensors")
    _reading(parser)


def _table(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("machines", nargs="+", metavar="MACHINE", help="a name such as S5, re:REGEX, or a file")
    _reading(parser)
    _contract(parser)
    parser.add_argument(
        "--budget", type=float, default=10.0, metavar="SECONDS", help="for each machine (default 10; inf: no end)"
    )
    forms = parser.add_mutually_exclusive_group()
    for form in ("markdown", "latex", "csv"):
        forms.add_argument(f"--{form}", dest="form", action="store_const", const=form, help=f"print {form}")
    parser.set_defaults(form="markdown")


def _view(parser: argparse.ArgumentParser) -> None:
    help_ = "a MACHINE or a NET.safetensors; several stand on one page"
    parser.add_argument("subjects", nargs="+", metavar="MACHINE_OR_NET", help=help_)
    _reading(parser)
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="page.html",
        help="the file to write, - for stdout; FILE.svg: one picture",
    )
    parser.add_argument(
        "--budget", type=float, default=10.0, metavar="SECONDS", help="for each machine (default 10; inf: no end)"
    )


def _network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="NET.safetensors")


def _contract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contract", default="injective", help="linear, injective, cover or robust")


def _explain(parser: argparse.ArgumentParser) -> None:
    _machine(parser)
    parser.add_argument("-t", "--target", help="this target alone")
    _contract(parser)
    parser.add_argument(
        "--budget", type=float, default=10.0, metavar="SECONDS", help="for all rows (default 10; inf: no end)"
    )
    parser.add_argument("--why", metavar="TARGET", help="the reason of this target's answer, its words replayed")
    parser.add_argument(
        "--ask", metavar="CONDITIONS", help="of -t: width=4,n-h=2,steps=10000,dtype=bfloat16; yes 0, no 1, unknown 3"
    )
    parser.add_argument("-f", "--format", metavar="rocq", help="write what refutes, and lower bounds, as theorems")
    parser.add_argument("-o", "--output", metavar="W.v", help="the file of -f")
    _max_text(parser)


def _compile(parser: argparse.ArgumentParser) -> None:
    _machine(parser)
    parser.add_argument("-t", "--target", required=True, help="a target, or auto for the cheapest exact one")
    parser.add_argument("-o", "--output", required=True, metavar="NET.safetensors", help="the file to write")
    parser.add_argument("--dtype", default="float32", help=f"one of {DTYPES}")
    _contract(parser)
    parser.add_argument("--grade", default="best", help="best, snap (put back on prototypes), exact-horizon, smallest")
    parser.add_argument("--card", action="store_true", help="write a page beside the file that tells what is proved")


def _verify(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("-n", "--steps", type=int, help="symbols per stream (default 1,000,000)")
    parser.add_argument("--words", metavar="FILE", help="one word per line instead of random ones")
    parser.add_argument("--device", default="cpu", help="a torch device")
    parser.add_argument("--dtype", help="run in this dtype instead of the stored one")
    parser.add_argument("--order", default="sequential", help="rounding order: sequential or scan")
    parser.add_argument("--batch", type=int, default=1, metavar="B", help="streams (default 1)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the random words (default 0)")
    parser.add_argument("--checkpoint", metavar="FILE", help="record finished blocks in FILE, and go on from it")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="that a rank waits under torchrun (1800)")


def _run(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("word", metavar="WORD", help="symbols with spaces or commas between, - for stdin")


def _searched(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", metavar="FORMAT", help="round the state to this after each symbol: grid7, bfloat16")
    parser.add_argument("--limit", type=int, default=100_000, metavar="N", help="most states searched (100,000)")


def _extract(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the machine, in its suffix's format")
    _searched(parser)
    parser.add_argument("--words", default="random", help="that show what does not close: random, or chosen by AALpy")


def _compare(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("other", metavar="MACHINE_OR_NET", help="a MACHINE or a NET.safetensors")
    _reading(parser)
    _searched(parser)
    parser.add_argument("--whiten", action="store_true", help="take the laws of whitened states: no basis is meant")


def _repair(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("--machine", metavar="MACHINE", help="the machine that it learned (by default its own)")
    parser.add_argument("-o", "--output", required=True, metavar="NET2.safetensors", help="the file to write")


def _export(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("-f", "--format", required=True, metavar="torch|onnx|pt2|rocq", help="what is to read it")
    parser.add_argument("-o", "--output", required=True, metavar="PATH", help="the file, or with -f torch the folder")
    _claimed(parser)


def _claimed(parser: argparse.ArgumentParser) -> None:
    help_ = "whose arithmetic the claim names: any (right on integers), or ieee too, by Flocq (default any)"
    parser.add_argument("--floats", default="any", metavar="any|ieee", help=help_)
    _max_text(parser)


def _max_text(parser: argparse.ArgumentParser) -> None:
    help_ = "most characters of the proof assistant's text (default 4,000,000)"
    parser.add_argument("--max-text", type=int, default=4_000_000, metavar="N", help=help_)


def _prove(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    _claimed(parser)
    help_ = "that the proof assistant may take (default 300)"
    parser.add_argument("--timeout", type=float, default=300.0, metavar="SECONDS", help=help_)
    help_ = "of address space, of which it touches about a third (default 8192)"
    parser.add_argument("--memory", type=int, default=8_192, metavar="MB", help=help_)


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", default="fsm2rnn-demo", metavar="FOLDER", help="where files are written")


def _convert(parser: argparse.ArgumentParser) -> None:
    _machine(parser)
    parser.add_argument("output", metavar="OUT", help="the file to write; its suffix names the format")


def _data(parser: argparse.ArgumentParser) -> None:
    _machine(parser)
    parser.add_argument("-l", "--length", type=int, required=True, help="symbols per word")
    parser.add_argument("-n", "--count", type=int, required=True, help="words")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the file to write")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the random words (default 0)")
    parser.add_argument("--vectors", action="store_true", help="safetensors vectors that test recurrence kernels")
    parser.add_argument("--dtype", default="float32", help=f"of the vectors: one of {DTYPES}")


def _audit(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("--machine", metavar="MACHINE", help="beside this machine instead of the network's own")
    _reading(parser)
    parser.add_argument("--state", metavar="FORMAT", help="round the state after each symbol: grid7")
    parser.add_argument("--limit", type=int, default=1_000_000, metavar="STATES", help="most states of a search")
    parser.add_argument("--kind", help="the file is a bare checkpoint: rnn, relu, gru, lstm or bilinear")


def _train(parser: argparse.ArgumentParser) -> None:
    _machine(parser)
    parser.add_argument("-m", "--model", required=True, help=f"one of {MODELS}")
    parser.add_argument("-o", "--output", required=True, metavar="NET.safetensors", help="the file of the best network")
    parser.add_argument("--hidden", type=int, default=32, metavar="H", help="hidden numbers (default 32)")
    parser.add_argument("--lengths", metavar="A-B", help="letters of a word (2-30; first 2-10 from 8 symbols on)")
    parser.add_argument("--steps", type=int, metavar="N", help="most steps of the optimiser (default 2,000)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of weights, words and noise (default 0)")
    parser.add_argument(
        "--seeds", type=int, default=1, metavar="N", help="S, S + 1, ... side by side; the best is kept"
    )
    parser.add_argument("--init", default="random", metavar="random|compiled", help="where the weights begin")
    parser.add_argument("--protect", metavar="rows|penalty|none", help="what keeps compiled weights (default none)")
    parser.add_argument(
        "--until-proved", action="store_true", help="audit, train on with failing words; 0 proved, 3 not"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run kept in NET.safetensors.train")
    parser.add_argument("--log", metavar="DIR", help="a folder for train.csv: loss, accuracy, what is kept of the core")
    parser.add_argument("--tensorboard", metavar="FOLDER", help="a folder for TensorBoard's events (an extra)")
    parser.add_argument(
        "--readout-scale", type=float, metavar="S", help="of logits in the loss (20 keeps what is right)"
    )
    parser.add_argument("--freeze", metavar="nothing|recurrence|readout", help="what stays as it is (default nothing)")


def _reproduce(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("experiment", metavar="EXPERIMENT", help=f"one of {EXPERIMENTS}")
    parser.add_argument("--preset", default="small", metavar="small|paper", help="minutes, or the whole protocol")
    parser.add_argument(
        "-o", "--output", default="fsm2rnn-reproduced", metavar="FOLDER", help="where rows are kept as they are done"
    )


def _sweep(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spec", metavar="SPEC.json", help="fields with a value or a list: machines, models, seeds, lr")
    parser.add_argument("--db", required=True, metavar="FILE.sqlite", help="where runs are kept; those there are done")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (by default one for each core)")
    parser.add_argument("--dask", metavar="ADDRESS", help="the scheduler of a Dask cluster instead (an extra)")
    parser.add_argument("--table", action="store_true", help="print the table: a row for all seeds of equal settings")


def _formats(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--gallery", dest="output", metavar="FILE.html", help="write a page with a picture of every machine instead"
    )


def _nothing(_: argparse.ArgumentParser) -> None:
    """Add no options."""


COMMANDS: Final[tuple[Command, ...]] = (
    Command("machine.explain", "say what the machine is, and what each target makes of it", _explain),
    Command("network.compile", "write the network file of one target", _compile),
    Command("network.check", "prove the certificate of a network file anew", _network),
    Command("network.prove", "have the claim of a network file accepted by the proof assistant Rocq", _prove),
    Command("network.verify", "run a network file over long words beside its machine's table", _verify),
    Command("network.run", "print the outputs along a word", _run),
    Command("trained.audit", "prove a network for every length, or find a shortest word on which it fails", _audit),
    Command("trained.extract", "write the state machine that a network is", _extract),
    Command("trained.compare", "tell whether a network is a machine, or what another network is", _compare),
    Command("trained.repair", "write an exact network in the coordinates of a trained one", _repair),
    Command("network.export", "write a network for programs without this package: torch, onnx, pt2 or rocq", _export),
    Command("network.view", "write one page for a browser that shows and steps machines and networks", _view),
    Command("machine.convert", "write a machine in another format", _convert),
    Command("machine.diff", "find a shortest word on which two machines or network files answer differently", _diff),
    Command("machine.table", "tell which layer tracks which machine: its width, or why not in a few words", _table),
    Command("machine.formats", "list every way to write a MACHINE", _formats),
    Command("machine.data", "write word-problem data: random words with the output after every symbol", _data),
    Command("trained.train", "train a network on random words of a machine, until proved if asked", _train),
    Command("trained.sweep", "train machines by models by seeds by options into one database, resumable", _sweep),
    Command("trained.reproduce", "run an experiment of the literature again, beside its published figures", _reproduce),
    Command("machine.doctor", "say what is installed, which extras, and which devices there are", _nothing),
    Command("machine.demo", "compile, check and run four machines", _demo),
)
