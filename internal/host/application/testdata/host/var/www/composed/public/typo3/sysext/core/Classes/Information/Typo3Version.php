<?php
class Typo3Version
{
    public const VERSION = '12.4.10';
}
