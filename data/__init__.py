"""Records to extracts: the contract, the demonstration district, the build and its publishing."""
