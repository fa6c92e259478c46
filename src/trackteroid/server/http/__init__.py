"""How calls arrive: sockets and connections, what is refused before anybody is known, turns, figures and logs."""
