"""What a program's state is: its CI vectors, density matrices, particle number and spin."""
