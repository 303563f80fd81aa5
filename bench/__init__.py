"""What this program costs, measured against a floor program in the same run on the same machine. ``python -m bench``.

Absolute times say more about the machine and its neighbours than about us: the figures to look at are the ratios.
"""
