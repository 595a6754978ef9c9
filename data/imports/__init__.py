"""Real records in: office files are read, recognised, checked and kept as loads that can be applied and rolled back."""
