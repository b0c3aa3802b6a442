"""Chart review: what one patient's records say, and because of what. Rules, their evaluators and the review built on them."""
