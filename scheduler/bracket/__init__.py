"""What a clairvoyant could reach: a bound that no schedule beats, and a schedule close to it."""
