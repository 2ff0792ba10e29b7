"""The authorization layer at build time: declarations, rules, and the proof that they fit."""
