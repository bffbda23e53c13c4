"""What users take away: word problems, and vectors for whoever writes recurrence kernels."""
