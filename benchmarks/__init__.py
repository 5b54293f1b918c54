"""Speed and memory against named peers, as ratios in one run on the same input."""
