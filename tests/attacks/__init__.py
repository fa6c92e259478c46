"""Programs that attack a server for as long as one likes: see the beginning of each for how to run it."""
