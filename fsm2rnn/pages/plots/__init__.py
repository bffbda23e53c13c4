"""Pictures drawn by matplotlib (extra plot): ladder, weights, drift, training curves, states."""
