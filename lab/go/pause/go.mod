module mecctl.io/lab/pause

go 1.26
