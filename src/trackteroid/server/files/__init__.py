"""The data of components: stores that keep it, how it arrives, who may have it, and pictures made of it."""
