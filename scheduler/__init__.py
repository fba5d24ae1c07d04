"""What comes next, and when: pure functions of the learner's state and the moment."""
