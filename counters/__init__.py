"""What staff use: desk, manager page, and the desk in a terminal."""
