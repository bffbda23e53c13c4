"""The trusted kernel: values that prove themselves, the certificate, and its checker; standard library only."""
