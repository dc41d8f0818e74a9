"""The broker and a function in containers, from images made here."""
