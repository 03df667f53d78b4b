"""What somebody who helps from afar needs to see, without what they must not."""
