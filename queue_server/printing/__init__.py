"""Tickets on paper: what they say, how they look, and how they reach a printer that may be slow, empty or dead.

Read in this order: :mod:`paper` (what a ticket says), :mod:`ticket_layout` (where it stands), :mod:`ticket_image`
(the dots), :mod:`escpos_raster` (the bytes), :mod:`targets` (the wire), :mod:`spooler` (the queue in front of it).
"""
