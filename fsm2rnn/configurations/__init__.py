"""What a configuration of a published network says of the machines that it can hold, whatever its weights are."""
