"""DataShift: citizen-generated data, made comparable and credible."""
