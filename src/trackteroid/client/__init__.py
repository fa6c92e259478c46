"""How a session works below its surface. Nothing else in Trackteroid uses private names of ``ftrack_api``."""
