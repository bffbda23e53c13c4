"""fsm2rnn: a state machine in; exact recurrent-network weights with a machine-checked certificate out.

Importing this package loads neither torch nor anything else heavy; names load on first use. Type checkers read the same
names from the imports below, which a test holds to the table.
"""

from __future__ import annotations

from fsm2rnn.version import __version__ as __version__

TYPE_CHECKING = False  # as checkers know it; typing is not loaded, since no interrupt has a handler before this ends

if TYPE_CHECKING:
    from fsm2rnn.api import check as check
    from fsm2rnn.api import compile as compile  # noqa: A004  the contract's name
    from fsm2rnn.api import compile_all as compile_all
    from fsm2rnn.api import explain as explain
    from fsm2rnn.api import from_table as from_table
    from fsm2rnn.api import load as load
    from fsm2rnn.api import read as read
    from fsm2rnn.cells.bilinear import BilinearRNN as BilinearRNN
    from fsm2rnn.cells.bilinear import BilinearRNNCell as BilinearRNNCell
    from fsm2rnn.cells.network import Network as Network
    from fsm2rnn.cells.network import lift as lift
    from fsm2rnn.cells.network import lower as lower
    from fsm2rnn.cells.readout import IndexReadout as IndexReadout
    from fsm2rnn.cells.readout import LinearHead as LinearHead
    from fsm2rnn.cells.readout import LinearReadout as LinearReadout
    from fsm2rnn.cells.readout import Snap as Snap
    from fsm2rnn.cells.tracker import Tracker as Tracker
    from fsm2rnn.comparison.answers import Proved as Proved
    from fsm2rnn.comparison.answers import Refuted as Refuted
    from fsm2rnn.comparison.answers import Undecided as Undecided
    from fsm2rnn.comparison.audit import audit as audit
    from fsm2rnn.comparison.boxes.train_boxes import train_to_boxes as train_to_boxes
    from fsm2rnn.comparison.compare import Comparison as Comparison
    from fsm2rnn.comparison.compare import Sameness as Sameness
    from fsm2rnn.comparison.compare import compare as compare
    from fsm2rnn.comparison.extraction.extract import Extraction as Extraction
    from fsm2rnn.comparison.extraction.extract import extract as extract
    from fsm2rnn.comparison.extraction.extract import extraction as extraction
    from fsm2rnn.comparison.repair import repair as repair
    from fsm2rnn.comparison.repaired import Adapter as Adapter
    from fsm2rnn.comparison.repaired import Repaired as Repaired
    from fsm2rnn.comparison.until_proved import train_until_proved as train_until_proved
    from fsm2rnn.configurations.audit_config import ConfigAudit as ConfigAudit
    from fsm2rnn.configurations.audit_config import Exclusion as Exclusion
    from fsm2rnn.configurations.audit_config import audit_config as audit_config
    from fsm2rnn.configurations.repeated_words import RepeatedWords as RepeatedWords
    from fsm2rnn.constructions.floats.improvement import Grade as Grade
    from fsm2rnn.constructions.verdict import Compiled as Compiled
    from fsm2rnn.constructions.verdict import Impossible as Impossible
    from fsm2rnn.constructions.verdict import Unsettled as Unsettled
    from fsm2rnn.constructions.verdict import Verdict as Verdict
    from fsm2rnn.data.recorded_words import RecordedWords as RecordedWords
    from fsm2rnn.data.word_dataset import WordProblem as WordProblem
    from fsm2rnn.data.word_problem import read_word_problem as read_word_problem
    from fsm2rnn.data.word_problem import write_word_problem as write_word_problem
    from fsm2rnn.decoding.token_mask import TokenMask as TokenMask
    from fsm2rnn.difference import Difference as Difference
    from fsm2rnn.difference import diff as diff
    from fsm2rnn.errors import CertificateError as CertificateError
    from fsm2rnn.errors import FsmError as FsmError
    from fsm2rnn.errors import InputError as InputError
    from fsm2rnn.errors import LimitError as LimitError
    from fsm2rnn.errors import NumericError as NumericError
    from fsm2rnn.exact.rounding import FORMATS as FORMATS
    from fsm2rnn.exact.rounding import FloatFormat as FloatFormat
    from fsm2rnn.explanation import Explanation as Explanation
    from fsm2rnn.explanation import Obstruction as Obstruction
    from fsm2rnn.exports.export import export as export
    from fsm2rnn.learn.seed import seed as seed
    from fsm2rnn.learn.trainer import Training as Training
    from fsm2rnn.learn.trainer import train as train
    from fsm2rnn.learn.trainer import train_seeds as train_seeds
    from fsm2rnn.machine.state_machine import StateMachine as StateMachine
    from fsm2rnn.pages.plots.plot import Picture as Picture
    from fsm2rnn.pages.plots.plot import plot as plot
    from fsm2rnn.pages.web.view import Page as Page
    from fsm2rnn.pages.web.view import view as view
    from fsm2rnn.proof.claim.contract import Contract as Contract
    from fsm2rnn.proof.file.checker import Report as Report
    from fsm2rnn.proof.refutation.witness import Witness as Witness
    from fsm2rnn.result import NotCompiled as NotCompiled
    from fsm2rnn.result import Result as Result
    from fsm2rnn.rocq.prove import Accepted as Accepted
    from fsm2rnn.rocq.prove import Rejected as Rejected
    from fsm2rnn.rocq.prove import Replay as Replay
    from fsm2rnn.rocq.prove import Stopped as Stopped
    from fsm2rnn.rocq.prove import prove as prove
    from fsm2rnn.running.result import Mismatch as Mismatch
    from fsm2rnn.running.result import Verification as Verification
    from fsm2rnn.running.run import Order as Order
    from fsm2rnn.running.verification import verify_network as verify_network
    from fsm2rnn.sizes import Size as Size
    from fsm2rnn.source.draft.draft import Completion as Completion
    from fsm2rnn.source.draft.reading import ReadingWarning as ReadingWarning
    from fsm2rnn.source.library.aalpy_model import from_aalpy as from_aalpy
    from fsm2rnn.source.library.automata_lib import from_dfa as from_dfa
    from fsm2rnn.source.library.automata_lib import from_nfa as from_nfa
    from fsm2rnn.source.library.automata_lib import from_regex as from_regex
    from fsm2rnn.source.library.automata_lib import to_dfa as to_dfa
    from fsm2rnn.source.library.networkx_graph import from_networkx as from_networkx
    from fsm2rnn.source.library.networkx_graph import to_networkx as to_networkx
    from fsm2rnn.source.library.sympy_group import from_sympy as from_sympy
    from fsm2rnn.source.write import write_machine as write_machine
    from fsm2rnn.tabulation import Tabulation as Tabulation
    from fsm2rnn.tabulation import table as table
    from fsm2rnn.targets import TARGETS as TARGETS
    from fsm2rnn.targets.target import Target as Target
    from fsm2rnn.tracing.float_states import Closed as Closed
    from fsm2rnn.tracing.float_states import Fails as Fails
    from fsm2rnn.tracing.float_states import FloatSearch as FloatSearch
    from fsm2rnn.tracing.float_states import Open as Open

    verify = verify_network
    write = write_machine

_HOME: dict[str, str] = {
    "Accepted": "fsm2rnn.rocq.prove",
    "Adapter": "fsm2rnn.comparison.repaired",
    "BilinearRNN": "fsm2rnn.cells.bilinear",
    "BilinearRNNCell": "fsm2rnn.cells.bilinear",
    "CertificateError": "fsm2rnn.errors",
    "Closed": "fsm2rnn.tracing.float_states",
    "Comparison": "fsm2rnn.comparison.compare",
    "Compiled": "fsm2rnn.constructions.verdict",
    "Completion": "fsm2rnn.source.draft.draft",
    "ConfigAudit": "fsm2rnn.configurations.audit_config",
    "Contract": "fsm2rnn.proof.claim.contract",
    "Difference": "fsm2rnn.difference",
    "Exclusion": "fsm2rnn.configurations.audit_config",
    "Explanation": "fsm2rnn.explanation",
    "Extraction": "fsm2rnn.comparison.extraction.extract",
    "FORMATS": "fsm2rnn.exact.rounding",
    "Fails": "fsm2rnn.tracing.float_states",
    "FloatFormat": "fsm2rnn.exact.rounding",
    "FloatSearch": "fsm2rnn.tracing.float_states",
    "FsmError": "fsm2rnn.errors",
    "Grade": "fsm2rnn.constructions.floats.improvement",
    "Impossible": "fsm2rnn.constructions.verdict",
    "IndexReadout": "fsm2rnn.cells.readout",
    "InputError": "fsm2rnn.errors",
    "LimitError": "fsm2rnn.errors",
    "LinearHead": "fsm2rnn.cells.readout",
    "LinearReadout": "fsm2rnn.cells.readout",
    "Mismatch": "fsm2rnn.running.result",
    "Network": "fsm2rnn.cells.network",
    "NotCompiled": "fsm2rnn.result",
    "NumericError": "fsm2rnn.errors",
    "Obstruction": "fsm2rnn.explanation",
    "Open": "fsm2rnn.tracing.float_states",
    "Order": "fsm2rnn.running.run",
    "Page": "fsm2rnn.pages.web.view",
    "Picture": "fsm2rnn.pages.plots.plot",
    "Proved": "fsm2rnn.comparison.answers",
    "ReadingWarning": "fsm2rnn.source.draft.reading",
    "RecordedWords": "fsm2rnn.data.recorded_words",
    "Refuted": "fsm2rnn.comparison.answers",
    "Rejected": "fsm2rnn.rocq.prove",
    "Repaired": "fsm2rnn.comparison.repaired",
    "RepeatedWords": "fsm2rnn.configurations.repeated_words",
    "Replay": "fsm2rnn.rocq.prove",
    "Report": "fsm2rnn.proof.file.checker",
    "Result": "fsm2rnn.result",
    "Sameness": "fsm2rnn.comparison.compare",
    "Size": "fsm2rnn.sizes",
    "Snap": "fsm2rnn.cells.readout",
    "StateMachine": "fsm2rnn.machine.state_machine",
    "Stopped": "fsm2rnn.rocq.prove",
    "TARGETS": "fsm2rnn.targets",
    "Tabulation": "fsm2rnn.tabulation",
    "Target": "fsm2rnn.targets.target",
    "TokenMask": "fsm2rnn.decoding.token_mask",
    "Tracker": "fsm2rnn.cells.tracker",
    "Training": "fsm2rnn.learn.trainer",
    "Undecided": "fsm2rnn.comparison.answers",
    "Unsettled": "fsm2rnn.constructions.verdict",
    "Verdict": "fsm2rnn.constructions.verdict",
    "Verification": "fsm2rnn.running.result",
    "Witness": "fsm2rnn.proof.refutation.witness",
    "WordProblem": "fsm2rnn.data.word_dataset",
    "audit": "fsm2rnn.comparison.audit",
    "audit_config": "fsm2rnn.configurations.audit_config",
    "check": "fsm2rnn.api",
    "compare": "fsm2rnn.comparison.compare",
    "compile": "fsm2rnn.api",
    "compile_all": "fsm2rnn.api",
    "diff": "fsm2rnn.difference",
    "explain": "fsm2rnn.api",
    "export": "fsm2rnn.exports.export",
    "extract": "fsm2rnn.comparison.extraction.extract",
    "extraction": "fsm2rnn.comparison.extraction.extract",
    "from_aalpy": "fsm2rnn.source.library.aalpy_model",
    "from_dfa": "fsm2rnn.source.library.automata_lib",
    "from_networkx": "fsm2rnn.source.library.networkx_graph",
    "from_nfa": "fsm2rnn.source.library.automata_lib",
    "from_regex": "fsm2rnn.source.library.automata_lib",
    "from_sympy": "fsm2rnn.source.library.sympy_group",
    "from_table": "fsm2rnn.api",
    "lift": "fsm2rnn.cells.network",
    "load": "fsm2rnn.api",
    "lower": "fsm2rnn.cells.network",
    "plot": "fsm2rnn.pages.plots.plot",
    "prove": "fsm2rnn.rocq.prove",
    "read": "fsm2rnn.api",
    "read_word_problem": "fsm2rnn.data.word_problem",
    "repair": "fsm2rnn.comparison.repair",
    "seed": "fsm2rnn.learn.seed",
    "table": "fsm2rnn.tabulation",
    "to_dfa": "fsm2rnn.source.library.automata_lib",
    "to_networkx": "fsm2rnn.source.library.networkx_graph",
    "train": "fsm2rnn.learn.trainer",
    "train_seeds": "fsm2rnn.learn.trainer",
    "train_to_boxes": "fsm2rnn.comparison.boxes.train_boxes",
    "train_until_proved": "fsm2rnn.comparison.until_proved",
    "verify": "fsm2rnn.running.verification",
    "verify_network": "fsm2rnn.running.verification",
    "view": "fsm2rnn.pages.web.view",
    "write": "fsm2rnn.source.write",
    "write_machine": "fsm2rnn.source.write",
    "write_word_problem": "fsm2rnn.data.word_problem",
}

# Further names of what is at home under another.
_ALSO: dict[str, str] = {"verify": "verify_network", "write": "write_machine"}

__all__ = ["__version__", *_HOME]  # noqa: PLE0604  the names of _HOME, each listed once


if not TYPE_CHECKING:  # a checker that saw this would take any name

    def __getattr__(name: str) -> object:
        """Load a public name from its home on first use."""
        if name not in _HOME:
            message = f"module 'fsm2rnn' has no attribute {name!r}"
            raise AttributeError(message)
        import importlib

        value = getattr(importlib.import_module(_HOME[name]), _ALSO.get(name, name))
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
