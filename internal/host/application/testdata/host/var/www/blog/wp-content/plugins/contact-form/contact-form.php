<?php
/*
Plugin Name: Contact Form
Requires PHP: 7.4
Version: 5.0.1
*/
