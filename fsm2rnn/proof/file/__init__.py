"""The network file: certificate, its spelling, and the checker that proves it again."""
