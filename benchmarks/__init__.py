"""What the README's figures come from. One file per question; `python -m benchmarks --list` names them."""
