"""Events: what is published and what changes, written down in order, and handed to whoever has subscribed to it."""
