"""Files and the data of components: what is given, where it goes, and how it comes back."""
