"""Words that personas are made of; no record of anyone, only lists to recombine."""
