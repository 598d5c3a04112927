"""Nothing that was acknowledged is lost: real processes, killed, starved and set against each other."""
