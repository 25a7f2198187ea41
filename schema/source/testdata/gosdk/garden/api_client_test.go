package garden

this file is not read
