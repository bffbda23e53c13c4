"""audit_config: which machines no weights can make of a configuration, by theorem."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from fsm2rnn import api
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.configurations.fields import Fields
from fsm2rnn.configurations.layer_facts import LayerFacts, Uncovered
from fsm2rnn.configurations.layer_modules import LAYERS, module_layers
from fsm2rnn.configurations.repeated_words import RepeatedWords, find_cycle, rules_of
from fsm2rnn.configurations.stacks import layers_of
from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.witness import Cycle


@final
@dataclass(frozen=True)
class Exclusion:
    """No weights make the machine of the configuration: the rule, and the machine's cycle that breaks it."""

    rule: RepeatedWords
    cycle: Cycle

    def __str__(self) -> str:
        """Say the reason and the theorem."""
        conditions = ", ".join(self.rule.hypotheses)
        return f"{self.cycle}; but {self.rule.theorem} ({self.rule.source}; {conditions})"


@final
@dataclass(frozen=True, repr=False)
class ConfigAudit:
    """The kinds of layers of a configuration, and rules by which machines are out of its reach, whatever the weights.

    `rules_out` speaks of the whole network, and is empty where some layer is not covered; `without_uncovered` are the
    rules that its other layers keep alone. A machine that is not excluded need not be within reach.
    """

    model: str
    layers: tuple[LayerFacts, ...]

    @property
    def uncovered(self) -> tuple[LayerFacts, ...]:
        """The layers of which no theorem here speaks."""
        return tuple(layer for layer in self.layers if isinstance(layer.reach, Uncovered))

    @property
    def rules_out(self) -> tuple[RepeatedWords, ...]:
        """What the whole network cannot be."""
        return rules_of(self.layers)

    @property
    def without_uncovered(self) -> tuple[RepeatedWords, ...]:
        """What the layers that are covered cannot be by themselves; empty where all are covered."""
        if not self.uncovered:
            return ()
        return rules_of(tuple(layer for layer in self.layers if layer not in self.uncovered))

    @property
    def notes(self) -> tuple[str, ...]:
        """What may surprise: fields left to a default that rules machines out."""
        taken = {field.name: field for layer in self.layers for field in layer.fields}
        found = []
        for name, field in taken.items():
            if name.endswith("allow_neg_eigval") and field.value is False:
                said = "is not said, and its default is False" if field.is_default else "is False"
                found.append(f"{name} {said}: with True, b may reach 2 and an eigenvalue -1")
        return tuple(found)

    def excludes(self, machine: StateMachine | str | os.PathLike[str]) -> Exclusion | None:
        """Return why no weights make the machine of the whole network, None where nothing here says so.

        The cycle is replayed on the minimal machine. LimitError where the search for it is too
        long.
        """
        facts = minimal_facts(machine if isinstance(machine, StateMachine) else api.read(machine))
        for rule in self.rules_out:
            cycle = find_cycle(facts, rule)
            if cycle is not None:
                return Exclusion(rule, cycle)
        return None

    def __str__(self) -> str:
        """Say layers, rules and notes, one a line."""
        rules = [str(rule) for rule in self.rules_out] or ["out: nothing that a theorem here says"]
        alone = [f"the other layers alone: {rule}" for rule in self.without_uncovered]
        return "\n".join([self.model, *(f"  {line}" for line in [*map(str, self.layers), *rules, *alone, *self.notes])])

    def __repr__(self) -> str:
        """Say the model and the counts."""
        return f"ConfigAudit({self.model}, {len(self.rules_out)} rules, {len(self.uncovered)} kinds not covered)"


def audit_config(config: object) -> ConfigAudit:
    """Return which machines a configuration rules out, whatever the weights, with the theorems and their conditions.

    `config` is the content or the path of a config.json, a configuration of transformers or flash-linear-attention, a
    model that has one, or a layer as a torch module: torch.nn's RNN, GRU, LSTM, or one of flash-linear-attention's.
    Nothing but the fields is read, and neither library is loaded. Raises InputError, by name, for what is not known.
    """
    if isinstance(config, str | os.PathLike):
        return audit_config(_from_file(Path(config)))
    layers = module_layers(config)
    if layers is not None:
        return ConfigAudit(type(config).__name__, layers)
    inside = None if isinstance(config, Mapping) else getattr(config, "config", None)
    fields = Fields(config if inside is None else inside)
    try:
        model = fields.value("model_type")
    except InputError:
        message = f"cannot read the layers of a {type(config).__name__} without model_type"
        hint = f"known: configurations with model_type, torch.nn.RNN, GRU, LSTM, and fla's {', '.join(LAYERS)}"
        raise InputError(message, hint=hint) from None
    fields.taken()
    return ConfigAudit(str(model), _joined(layers_of(str(model), fields)))


def _joined(layers: tuple[LayerFacts, ...]) -> tuple[LayerFacts, ...]:
    """Return layers of one kind counted together: a model has one recurrence, so its rules do not depend on order."""
    counts: dict[LayerFacts, int] = {}
    for layer in layers:
        alone = replace(layer, count=1)
        counts[alone] = counts.get(alone, 0) + layer.count
    return tuple(replace(layer, count=count) for layer, count in counts.items())


def _from_file(path: Path) -> Mapping[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        message = f"cannot read a configuration: {error}"
        raise InputError(message, file=str(path)) from None
    if not isinstance(found, dict):
        message = "a configuration is a JSON object"
        raise InputError(message, file=str(path))
    return found
