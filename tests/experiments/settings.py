"""Each experiment at a size of seconds: what rows it has and how it goes on do not depend on what is learned."""

from __future__ import annotations

from dataclasses import replace

from fsm2rnn.experiments.additive_terms import additive_terms
from fsm2rnn.experiments.data_efficiency import data_efficiency
from fsm2rnn.experiments.frozen_parity import frozen_parity
from fsm2rnn.experiments.networks import ModelKind
from fsm2rnn.experiments.paper_table import paper_table
from fsm2rnn.experiments.presets import (
    AdditiveSettings,
    AngleSettings,
    DataSettings,
    FrozenSettings,
    RetentionSettings,
    TableSettings,
    TrackingSettings,
    TrainingEffort,
)
from fsm2rnn.experiments.retention import retention
from fsm2rnn.experiments.rotation_angles import rotation_angles
from fsm2rnn.experiments.state_tracking import state_tracking

EFFORT = TrainingEffort(8, 2, (1e-2,), (0,), 4, 2, stops=False, length=20)
MODELS = (ModelKind.FULL, ModelKind.BLOCK_1, ModelKind.R2, ModelKind.LSTM)

TINY = {
    "paper-table": paper_table(TableSettings(EFFORT, (2,), (2,), (2,), MODELS), ()),
    "data-efficiency": data_efficiency(DataSettings(EFFORT, 2, (8,), (ModelKind.FULL, ModelKind.ELMAN)), ()),
    "additive-terms": additive_terms(AdditiveSettings(EFFORT, 2, 2, (5, 50)), ()),
    "rotation-angles": rotation_angles(AngleSettings(replace(EFFORT, hidden=16, seeds=(0, 1)), 5, 0.4), ()),
    "frozen-parity": frozen_parity(FrozenSettings((1, 2, 4), 2_000, 32, 200), ()),
    "state-tracking": state_tracking(TrackingSettings((("S3", 2), ("S3", 3)), ("pd", "rotation"), 4, 50), ()),
    "retention": retention(RetentionSettings(EFFORT, ("S3@gens",), (0.1,)), ()),
}
