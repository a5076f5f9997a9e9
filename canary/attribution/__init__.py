"""Who leaked, and when: a pure function from facts to a weighed answer."""
