"""Staff: conviction, habit, skills, fatigue, engagement, turnover and posts."""
