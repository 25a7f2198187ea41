package garden

// Tests are not read.
func (c *Client) GetBedTested() {}

type GetBedTestedInput struct{}
