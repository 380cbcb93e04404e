"""Where millions of points lie: arrays and streams in, the same with answers out."""
