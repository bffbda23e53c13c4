"""Long words: the network run beside the machine's own table, streamed in blocks, mismatches named."""
