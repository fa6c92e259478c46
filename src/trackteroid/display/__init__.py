"""Drawing tables, trees and graphs: in terminals with Rich, in notebooks as HTML without scripts."""
