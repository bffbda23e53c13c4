"""Sweeps: many trainings, machines by models by seeds by options, in one database that can be gone on with."""
