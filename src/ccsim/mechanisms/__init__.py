"""The mechanisms of the model, one per file: parameters first, then columns, rules (scalar equations) and kernels (loops)."""
