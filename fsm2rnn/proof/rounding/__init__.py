"""What float formats do to a claim: grades, horizons, float orbits, snapping, scan order."""
