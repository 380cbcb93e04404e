"""What a check of the seed looks at: features, references, tiling.

Started by ``zones.plan.seed_check``.
"""
