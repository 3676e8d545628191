// Town
